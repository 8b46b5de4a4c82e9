package io.cardea.apps.server.config;

/// How often each of many may ask; 0 is no limit.
public record LimitSettings(
    int devicePerMinute, int tokenPerMinute, int classPerSecond, int apiTokenPerSecond) {}
