@NullMarked
package io.cardea.life.findings;

import org.jspecify.annotations.NullMarked;
