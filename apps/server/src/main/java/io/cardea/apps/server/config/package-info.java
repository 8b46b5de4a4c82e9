/// One YAML file, or the environment, turned into typed settings. Every key is named once, in
/// [Keys]; a key that nobody reads does not exist, an unknown one is refused, and all problems are
/// told at once.
@NullMarked
package io.cardea.apps.server.config;

import org.jspecify.annotations.NullMarked;
