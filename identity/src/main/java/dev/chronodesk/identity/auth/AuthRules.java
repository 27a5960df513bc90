package dev.chronodesk.identity.auth;

/**
 * What this desk allows.
 *
 * @param signUp whether strangers may sign up
 * @param autoConfirm whether addresses are taken on trust
 */
public record AuthRules(boolean signUp, boolean autoConfirm) {}
