@NullMarked
package io.cardea.trials.faults;

import org.jspecify.annotations.NullMarked;
