/// What is measured, in processes of their own, and what the kernel and the database say about
/// them.
@NullMarked
package io.cardea.trials.bench.rig;

import org.jspecify.annotations.NullMarked;
