/// What the generator believes, and what it does not.
@NullMarked
package io.cardea.trials.bench.load;

import org.jspecify.annotations.NullMarked;
