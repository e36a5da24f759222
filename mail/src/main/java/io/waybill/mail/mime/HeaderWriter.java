package io.waybill.mail.mime;

import io.waybill.mail.Address;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects header fields, folded at blanks so that lines stay below 78 characters (RFC 5322 2.1.1).
 */
final class HeaderWriter {
  private static final int LINE = 76;
  private static final int SHORT_VALUE = 60;
  private static final int PARAMETER_PIECE = 50;

  private final StringBuilder out = new StringBuilder();

  HeaderWriter unstructured(String name, String value) {
    return fold(name, EncodedWords.unstructured(value));
  }

  HeaderWriter addresses(String name, List<Address> addresses) {
    if (addresses.isEmpty()) {
      return this;
    }
    List<String> words = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      Address address = addresses.get(i);
      String comma = i + 1 < addresses.size() ? "," : "";
      if (address.displayName().isPresent()) {
        words.addAll(EncodedWords.phrase(address.displayName().get()));
        words.add("<" + address.address() + ">" + comma);
      } else {
        words.add(address.address() + comma);
      }
    }
    return fold(name, words);
  }

  /** Writes words that are already in wire form. */
  HeaderWriter structured(String name, String... words) {
    return fold(name, List.of(words));
  }

  /**
   * Returns the pieces of a parameter such as a file name: quoted when short ASCII, else in RFC
   * 2231 form, in numbered pieces when long.
   */
  static List<String> parameter(String name, String value) {
    boolean plain = value.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (plain && value.length() <= SHORT_VALUE) {
      return List.of(name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder("UTF-8''");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      String encoded = isAttributeChar(b) ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff);
      if (piece.length() + encoded.length() > PARAMETER_PIECE) {
        pieces.add(piece.toString());
        piece.setLength(0);
      }
      piece.append(encoded);
    }
    pieces.add(piece.toString());
    if (pieces.size() == 1) {
      return List.of(name + "*=" + pieces.get(0));
    }
    List<String> numbered = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      String end = i + 1 < pieces.size() ? ";" : "";
      numbered.add(name + "*" + i + "*=" + pieces.get(i) + end);
    }
    return numbered;
  }

  private static boolean isAttributeChar(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '.'
        || b == '-'
        || b == '_';
  }

  private HeaderWriter fold(String name, List<String> words) {
    out.append(name).append(':');
    int column = name.length() + 1;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      // An empty word stands for a doubled blank; folding there would leave a line of blanks only.
      if (i > 0 && !word.isEmpty() && column + 1 + word.length() > LINE) {
        out.append("\r\n");
        column = 0;
      }
      out.append(' ').append(word);
      column += 1 + word.length();
    }
    out.append("\r\n");
    return this;
  }

  /** Returns all fields and the empty line behind them. */
  byte[] end() {
    return (out + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}
