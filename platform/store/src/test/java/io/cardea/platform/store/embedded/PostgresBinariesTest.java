package io.cardea.platform.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
  @TempDir Path folder;

  @Test
  void damagedCache_isUnpackedAgain() throws Exception {
    PostgresBinaries programs = PostgresBinaries.unpackedIn(List.of(folder));
    Path postgres = programs.program("postgres");
    long whole = Files.size(postgres);
    Files.write(postgres, new byte[0]); // what a power cut leaves
    Path halfDone = Path.of(programs.directory() + ".new");
    Files.createDirectory(halfDone);
    Files.writeString(halfDone.resolve("half"), "done");

    PostgresBinaries again = PostgresBinaries.unpackedIn(List.of(folder));

    assertThat(again.program("postgres")).hasSize(whole).isExecutable();
    assertThat(halfDone).doesNotExist();
  }

  @Test
  void placeThatCannotBeWritten_givesWayToTheNext() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    PostgresBinaries programs =
        PostgresBinaries.unpackedIn(List.of(file.resolve("cache"), folder.resolve("second")));

    assertThat(programs.directory()).startsWith(folder.resolve("second"));
  }
}
