/// This installation looks at itself, and raises an alarm before anybody else notices.
@NullMarked
package io.cardea.apps.server.watch;

import org.jspecify.annotations.NullMarked;
