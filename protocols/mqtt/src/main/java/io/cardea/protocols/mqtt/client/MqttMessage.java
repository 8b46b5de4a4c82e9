package io.cardea.protocols.mqtt.client;

/// What arrived at a topic.
///
/// @param retained whether it had been there before the subscription
public record MqttMessage(String topic, byte[] payload, boolean retained) {}
