@NullMarked
package io.cardea.life.rotation.plan;

import org.jspecify.annotations.NullMarked;
