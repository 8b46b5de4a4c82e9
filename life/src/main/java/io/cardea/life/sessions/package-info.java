@NullMarked
package io.cardea.life.sessions;

import org.jspecify.annotations.NullMarked;
