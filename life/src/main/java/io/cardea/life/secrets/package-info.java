/// What a device or a program proves itself with beside certificates: API keys, token-signing keys,
/// pre-shared keys, data keys. The rules of their life are those of rotation.
@NullMarked
package io.cardea.life.secrets;

import org.jspecify.annotations.NullMarked;
