package io.waybill.mail.oauth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the strings and numbers of one JSON object (RFC 8259): what token endpoints answer with.
 * Objects and arrays within it are checked and left out; a name that comes twice is refused, since
 * nobody can tell which was meant.
 */
final class JsonObject {
  static final int MAX_DEPTH = 32;

  private final Map<String, String> strings = new HashMap<>();
  private final Map<String, String> numbers = new HashMap<>();

  private JsonObject() {}

  /**
   * Reads a whole text of UTF-8.
   *
   * @throws MalformedJson if it is anything but one object, or nests deeper than {@value
   *     #MAX_DEPTH}
   */
  static JsonObject parse(byte[] utf8) throws MalformedJson {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedJson("no UTF-8 text", 0);
    }
    JsonObject object = new JsonObject();
    JsonScanner scanner = new JsonScanner(text);
    object.readMembers(scanner);
    scanner.requireEnd();
    return object;
  }

  private void readMembers(JsonScanner scanner) throws MalformedJson {
    Set<String> seen = new HashSet<>();
    scanner.expect('{');
    if (scanner.skipIf('}')) {
      return;
    }
    do {
      String name = scanner.string();
      if (!seen.add(name)) {
        throw scanner.malformed("a name that came before");
      }
      scanner.expect(':');
      readValue(scanner, name);
    } while (scanner.skipIf(','));
    scanner.expect('}');
  }

  private void readValue(JsonScanner scanner, String name) throws MalformedJson {
    char c = scanner.peek();
    if (c == '"') {
      strings.put(name, scanner.string());
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      numbers.put(name, scanner.number());
    } else {
      scanner.skipValue(MAX_DEPTH - 1);
    }
  }

  /** Returns a member that is a string. */
  Optional<String> string(String name) {
    return Optional.ofNullable(strings.get(name));
  }

  /**
   * Returns a member that is a string, or a number as it is written: some providers mix them up.
   */
  Optional<String> stringOrNumber(String name) {
    return string(name).or(() -> Optional.ofNullable(numbers.get(name)));
  }
}
