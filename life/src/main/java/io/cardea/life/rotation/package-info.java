@NullMarked
package io.cardea.life.rotation;

import org.jspecify.annotations.NullMarked;
