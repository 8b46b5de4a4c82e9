@NullMarked
package io.cardea.trials.faults.explorer;

import org.jspecify.annotations.NullMarked;
