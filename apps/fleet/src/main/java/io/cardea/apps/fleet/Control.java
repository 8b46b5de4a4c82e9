package io.cardea.apps.fleet;

import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;

/// A server under other rules of rotation, to run a second fleet against: the control, without
/// which a zero means nothing. Given from outside; there is none in the product.
@FunctionalInterface
public interface Control {
  Server start(Config config) throws StartFailure;
}
