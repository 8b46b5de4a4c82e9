package io.cardea.trials.bench.rig;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a virtual machine finds the product.
///
/// @param product whether it is the product's own, which holds less than ours
/// @param cache what `./cardea build --aot` recorded of an earlier start
record ClassPath(String jars, Optional<String> security, boolean product, Optional<Path> cache) {
  private static final Path OURS = Path.of("trials", "bench", "target", "lib");
  private static final Path PRODUCTS = Path.of("apps", "cli", "target", "lib");
  private static final Path CACHE = Path.of("target", "cardea-server.aot");

  /// The product's own, as the launcher has it, when we were started by the launcher; else ours, as
  /// in a test.
  static ClassPath ofProduct() {
    String ours = System.getProperty("java.class.path");
    return Stream.of(ours.split(File.pathSeparator, -1))
        .map(Path::of)
        .map(Path::getParent)
        .filter(folder -> folder != null && folder.endsWith(OURS))
        .findFirst()
        .map(ClassPath::root)
        .filter(root -> Files.isDirectory(root.resolve(PRODUCTS)))
        .map(ClassPath::products)
        .orElseGet(() ->
            new ClassPath(
                ours,
                Optional.ofNullable(System.getProperty("java.security.properties")),
                false,
                Optional.empty()));
  }

  private static ClassPath products(Path root) {
    Path lib = root.resolve(PRODUCTS);
    return new ClassPath(
        lib + "/*",
        Optional.of(lib.resolve("java.security").toString()),
        true,
        Optional.of(root.resolve(CACHE)).filter(Files::isReadable));
  }

  private static Path root(Path lib) {
    Path root = lib;
    for (int up = 0; up < OURS.getNameCount(); up++) {
      Path parent = root.getParent();
      root = parent == null ? root : parent;
    }
    return root;
  }
}
