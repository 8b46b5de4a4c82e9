package io.cardea.trials.arrows.planted.life;

final class Prints {
  private Prints() {}

  static void hello() {
    System.out.println("hello");
  }

  static void trace(Exception failure) {
    failure.printStackTrace();
  }
}
