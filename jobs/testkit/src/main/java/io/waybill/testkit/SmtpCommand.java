package io.waybill.testkit;

/**
 * One line that a {@link ScriptedSmtpServer} heard outside of a message's content.
 *
 * @param connection the number of the connection, from 1
 * @param line the line without its end, lines of a login too
 */
public record SmtpCommand(int connection, String line) {}
