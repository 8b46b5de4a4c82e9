@NullMarked
package io.cardea.life.secrets;

import org.jspecify.annotations.NullMarked;
