/// The devices' side of a benchmark: cheap enough to share the machine with what it measures.
@NullMarked
package io.cardea.trials.bench.load;

import org.jspecify.annotations.NullMarked;
