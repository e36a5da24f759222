package io.waybill.transfer.tcp.login;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What ties a login to the TLS connection it happens on (RFC 5056), so that nobody in the middle
 * can pass it on.
 */
public final class ChannelBinding {
  private final String type;
  private final byte[] bytes;

  /**
   * Names a binding.
   *
   * @param type {@code tls-exporter} (RFC 9266) or {@code tls-server-end-point} (RFC 5929)
   * @param bytes the same at both ends of one connection
   */
  public ChannelBinding(String type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes.clone();
  }

  /** Returns the type. */
  public String type() {
    return type;
  }

  /** The GS2 header that names it, RFC 5802 7. */
  String header() {
    return "p=" + type + ",,";
  }

  /** The attribute {@code c} of a client's last message. */
  String attribute() {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(header().getBytes(StandardCharsets.US_ASCII));
    both.writeBytes(bytes);
    return Base64.getEncoder().encodeToString(both.toByteArray());
  }
}
