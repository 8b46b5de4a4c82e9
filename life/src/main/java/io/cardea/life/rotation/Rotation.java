package io.cardea.life.rotation;

/// The rules of rotation as one pure function: no clock, no input or output, no memory of its own.
///
/// [ProvenRotation] is the product's. The wrong ones, which show why each rule is as it is, live in
/// the trials.
@FunctionalInterface
public interface Rotation {
  Transition transition(Lineage lineage, Event event, Terms terms);
}
