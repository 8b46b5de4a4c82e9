package io.cardea.apps.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(
    name = "version",
    description = "Shows which Cardea this is, and on which Java it runs.",
    footer = {"", "Example:", "  cardea version"})
final class VersionCommand extends PrintingCommand implements IVersionProvider {

  @Override
  public Integer call() {
    out().println(getVersion()[0]);
    return ExitCode.OK;
  }

  @Override
  public String[] getVersion() {
    String version =
        Optional.ofNullable(Cardea.class.getPackage().getImplementationVersion())
            .orElse("of this source tree");
    return new String[] {"cardea " + version + " (Java " + Runtime.version() + ")"};
  }
}
