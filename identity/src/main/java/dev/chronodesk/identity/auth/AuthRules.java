package dev.chronodesk.identity.auth;

/**
 * What this desk allows.
 *
 * @param signUp whether strangers may sign up
 * @param anonymousSignIn whether they may sign in without saying who they are
 * @param autoConfirm whether addresses are taken on trust
 */
public record AuthRules(boolean signUp, boolean anonymousSignIn, boolean autoConfirm) {}
