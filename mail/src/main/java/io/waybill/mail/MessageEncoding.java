package io.waybill.mail;

/** What the bytes of a message ask of every server on their way. */
public enum MessageEncoding {
  /** Plain ASCII in short lines: any server. */
  SEVEN_BIT,
  /** Bytes above 127 in bodies: a server with 8BITMIME (RFC 6152). */
  EIGHT_BIT,
  /** UTF-8 in header fields or addresses: a server with SMTPUTF8 (RFC 6531). */
  UTF8
}
