package io.cardea.apps.server.config;

/// Where a value comes from.
public sealed interface Origin {
  record Default() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }

  /// A place in the file; lines and columns count from 1.
  record InFile(String file, int line, int column) implements Origin {
    @Override
    public String toString() {
      return file + ":" + line + ":" + column;
    }
  }

  record Environment(String variable) implements Origin {
    @Override
    public String toString() {
      return variable;
    }
  }

  /// Given by the program that starts the server.
  record Program() implements Origin {
    @Override
    public String toString() {
      return "program";
    }
  }
}
