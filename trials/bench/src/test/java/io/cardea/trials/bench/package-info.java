/// The benchmarks themselves, kept running.
@NullMarked
package io.cardea.trials.bench;

import org.jspecify.annotations.NullMarked;
