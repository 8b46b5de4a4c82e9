package io.cardea.trials.arrows.planted.life;

final class EndsTheProcess {
  private EndsTheProcess() {}

  static void end() {
    System.exit(1);
  }
}
