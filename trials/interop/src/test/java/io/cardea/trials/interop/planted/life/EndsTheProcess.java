package io.cardea.trials.interop.planted.life;

final class EndsTheProcess {
  private EndsTheProcess() {}

  static void end() {
    System.exit(1);
  }
}
