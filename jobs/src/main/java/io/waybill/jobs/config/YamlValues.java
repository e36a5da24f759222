package io.waybill.jobs.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Nodes as an editor sees them: text that looks like a number is one, by the core schema of YAML
 * 1.2. The loader does not look at it so; the registry says what a text is.
 */
final class YamlValues {
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o([0-7]+)");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-fA-F]+)");
  private static final Pattern FRACTION =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");
  private static final Pattern TRUE = Pattern.compile("true|True|TRUE");
  private static final Pattern FALSE = Pattern.compile("false|False|FALSE");

  private YamlValues() {}

  /** Returns a node as maps, lists, texts, numbers, booleans and null. */
  static @Nullable Object of(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      mapping.entries().forEach(entry -> map.put(entry.name(), of(entry.value())));
      return Collections.unmodifiableMap(map);
    }
    if (node instanceof YamlNode.Items items) {
      List<@Nullable Object> list = new ArrayList<>();
      items.elements().forEach(each -> list.add(of(each)));
      return Collections.unmodifiableList(list);
    }
    YamlNode.Scalar scalar = (YamlNode.Scalar) node;
    return scalar.plain() ? ofPlain(scalar) : scalar.text();
  }

  private static @Nullable Object ofPlain(YamlNode.Scalar scalar) {
    String text = scalar.text();
    if (scalar.isNothing()) {
      return null;
    }
    if (TRUE.matcher(text).matches()) {
      return true;
    }
    if (FALSE.matcher(text).matches()) {
      return false;
    }
    if (WHOLE.matcher(text).matches()) {
      return new BigInteger(text);
    }
    if (OCTAL.matcher(text).matches()) {
      return new BigInteger(text.substring(2), 8);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return new BigInteger(text.substring(2), 16);
    }
    return FRACTION.matcher(text).matches() ? new BigDecimal(text) : text;
  }
}
