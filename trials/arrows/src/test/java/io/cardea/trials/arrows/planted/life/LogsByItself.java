package io.cardea.trials.arrows.planted.life;

import java.util.logging.Logger;

final class LogsByItself {
  private LogsByItself() {}

  static Logger logger() {
    return Logger.getLogger("planted");
  }
}
