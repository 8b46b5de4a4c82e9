@NullMarked
package io.cardea.trials.faults.wrong;

import org.jspecify.annotations.NullMarked;
