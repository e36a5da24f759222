package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The comma-separated attributes of a SCRAM message, {@code n=user,r=nonce} (RFC 5802 5.1). */
public final class ScramMessage {
  private static final int NONCE_BYTES = 18;

  private final Map<Character, String> attributes = new HashMap<>();

  private ScramMessage() {}

  /**
   * Reads a message.
   *
   * @throws WireException if an attribute is malformed, repeated or the mandatory extension {@code
   *     m}, which nobody knows
   */
  public static ScramMessage parse(String text) throws WireException {
    ScramMessage message = new ScramMessage();
    for (String part : text.split(",", -1)) {
      if (part.length() < 2 || part.charAt(1) != '=' || part.charAt(0) == 'm') {
        throw malformed("an attribute is not understood");
      }
      if (message.attributes.put(part.charAt(0), part.substring(2)) != null) {
        throw malformed("attribute '" + part.charAt(0) + "' comes twice");
      }
    }
    return message;
  }

  public String text(char attribute) throws WireException {
    String value = attributes.get(attribute);
    if (value == null) {
      throw malformed("attribute '" + attribute + "' is missing");
    }
    return value;
  }

  public byte[] base64(char attribute) throws WireException {
    try {
      return Base64.getDecoder().decode(text(attribute));
    } catch (IllegalArgumentException e) {
      throw malformed("attribute '" + attribute + "' is not base64");
    }
  }

  public int number(char attribute) throws WireException {
    try {
      return Integer.parseInt(text(attribute));
    } catch (NumberFormatException e) {
      throw malformed("attribute '" + attribute + "' is not a number");
    }
  }

  public static String encodeBase64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  public static String encodeBase64(String text) {
    return encodeBase64(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String escapeName(String user) {
    return user.replace("=", "=3D").replace(",", "=2C");
  }

  public static String unescapeName(String name) throws WireException {
    if (name.replace("=3D", "").replace("=2C", "").indexOf('=') >= 0) {
      throw malformed("the user name is not escaped as RFC 5802 5.1 asks");
    }
    return name.replace("=2C", ",").replace("=3D", "=");
  }

  public static String nonce(RandomGenerator random) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return encodeBase64(bytes);
  }

  private static WireException malformed(String why) {
    return WireException.violation("malformed SCRAM message: " + why);
  }
}
