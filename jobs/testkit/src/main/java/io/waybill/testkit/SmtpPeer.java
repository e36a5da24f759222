package io.waybill.testkit;

/**
 * Whom a {@link ScriptedSmtpServer} had a message from.
 *
 * @param connection the number of the connection, from 1
 * @param name what it called itself in EHLO or HELO
 * @param user who had logged in, or nothing
 * @param tlsVersion the version of TLS on the connection, or nothing
 */
public record SmtpPeer(int connection, String name, String user, String tlsVersion) {}
