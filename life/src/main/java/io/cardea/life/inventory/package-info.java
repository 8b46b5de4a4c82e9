@NullMarked
package io.cardea.life.inventory;

import org.jspecify.annotations.NullMarked;
