@NullMarked
package io.cardea.life;

import org.jspecify.annotations.NullMarked;
