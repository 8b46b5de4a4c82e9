/// How fast it is, and how we know: `./cardea bench`.
@NullMarked
package io.cardea.trials.bench;

import org.jspecify.annotations.NullMarked;
