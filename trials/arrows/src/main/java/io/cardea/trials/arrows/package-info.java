/// Who may know whom in the whole tree, and wrong trees that show that it is looked at.
@NullMarked
package io.cardea.trials.arrows;

import org.jspecify.annotations.NullMarked;
