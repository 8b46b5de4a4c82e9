@NullMarked
package io.cardea.life.rotation.calendar;

import org.jspecify.annotations.NullMarked;
