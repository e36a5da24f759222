package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes a JSON Schema (2020-12) of the job file, for editors. It knows the keys, what they hold,
 * and where secrets may stand. What depends on other parts of the file (names that are defined
 * elsewhere, expressions, values that do not go together), bounds of numbers and the inside of
 * texts (cron expressions, time zones) only the loader knows.
 */
public final class JobFileSchema {
  private static final String EXPRESSION = "(^|[^$])\\$\\{";
  private static final String SECRET_INSIDE = EXPRESSION + "\\s*secrets(?![A-Za-z0-9_-])";
  private static final String SECRET = "^\\$\\{\\s*secrets\\.[A-Za-z0-9_][A-Za-z0-9_-]*\\s*\\}$";
  private static final String UNIT = "(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)";

  private final IdentityHashMap<ValueType.Group, String> shared = new IdentityHashMap<>();
  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private JobFileSchema() {}

  /** Returns the schema in plain values. */
  public static Map<String, Object> of(KeyRegistry registry) {
    JobFileSchema schema = new JobFileSchema();
    schema.nameShared(registry);
    schema.defineScalars();
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    whole.put("title", "Waybill job file");
    whole.putAll(schema.group(registry.top(), false));
    whole.put("$defs", schema.definitions);
    return whole;
  }

  /** Returns the schema of one value, with what it refers to. */
  static Map<String, Object> of(Key key, KeyRegistry registry) {
    JobFileSchema schema = new JobFileSchema();
    schema.nameShared(registry);
    schema.defineScalars();
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    whole.putAll(schema.value(key));
    whole.put("$defs", schema.definitions);
    return whole;
  }

  // A mapping that several keys have is written once.
  private void nameShared(KeyRegistry registry) {
    IdentityHashMap<ValueType.Group, Integer> uses = new IdentityHashMap<>();
    for (KnownKey key : registry.keys()) {
      for (ValueType.Group group : KnownKey.groupsIn(key.key().type())) {
        if (uses.merge(group, key.paths().size(), Integer::sum) > 1) {
          shared.putIfAbsent(group, key.shortPath());
        }
      }
    }
  }

  private void defineScalars() {
    definitions.put(
        "expression", fields("type", "string", "pattern", EXPRESSION, "not", secretInside()));
    definitions.put(
        "text", fields("type", List.of("string", "number", "boolean"), "not", secretInside()));
    definitions.put(
        "secret",
        fields(
            "type",
            "string",
            "pattern",
            SECRET,
            "description",
            "A reference, \"${secrets.NAME}\"; never a value."));
    definitions.put(
        "anything",
        fields(
            "anyOf",
            List.of(
                ref("text"),
                fields("type", "array", "items", ref("anything")),
                fields("type", "object", "additionalProperties", ref("anything")))));
    for (ValueType.Scalar scalar : ValueType.Scalar.values()) {
      if (scalar != ValueType.Scalar.TEXT) {
        List<Object> forms = new ArrayList<>(forms(scalar));
        forms.add(ref("expression"));
        definitions.put(nameOf(scalar), fields("anyOf", forms));
      }
    }
  }

  private static Map<String, Object> secretInside() {
    // holds for texts only: a number has no pattern and would fit it
    return fields("type", "string", "pattern", SECRET_INSIDE);
  }

  /** Returns the forms of a scalar that is no expression. */
  private static List<Map<String, Object>> forms(ValueType.Scalar scalar) {
    return switch (scalar) {
      case TEXT -> List.of();
      case PATTERN, REGEX -> List.of(ref("text"));
      case LOCATION, FILE, MAILBOX, CONNECTION ->
          List.of(
              fields("type", List.of("number", "boolean")),
              matching("^[^\\u0000-\\u001f\\u007f-\\u009f]+$"));
      case ADDRESS -> List.of(matching("@"));
      case BOOLEAN -> List.of(fields("enum", List.of(true, false, "true", "false")));
      case INTEGER -> List.of(fields("type", "integer"), matching("^[-+]?[0-9]{1,19}$"));
      case NUMBER -> List.of(fields("type", "number"), matching("^-?[0-9]{1,18}(\\.[0-9]{1,9})?$"));
      case DURATION -> List.of(matching("^[0-9]{1,18}(ms|s|m|h|d)$"));
      case SIZE ->
          List.of(
              fields("type", "number", "minimum", 0),
              matching("^[0-9]{1,18}(\\.[0-9]{1,9})? ?" + UNIT + "?$"));
      case PERCENT -> List.of(matching("^(100(\\.0{1,9})?|0{0,2}[0-9]{1,2}(\\.[0-9]{1,9})?) ?%$"));
    };
  }

  private static Map<String, Object> matching(String pattern) {
    return fields("type", "string", "pattern", pattern, "not", secretInside());
  }

  private Map<String, Object> group(ValueType.Group group, boolean orNothing) {
    Map<String, Object> schema = new LinkedHashMap<>();
    Map<String, Object> properties = new LinkedHashMap<>();
    group.keys().forEach(key -> properties.put(key.name(), property(key)));
    List<String> required =
        group.keys().stream()
            .filter(key -> key.presence() == Key.Presence.REQUIRED)
            .map(Key::name)
            .toList();
    // nothing at all stands for an empty mapping, as far as one will do
    boolean canBeEmpty = orNothing && required.isEmpty() && group.choice().isEmpty();
    schema.put("type", canBeEmpty ? List.of("object", "null") : "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    if (!group.choice().isEmpty()) {
      schema.put(
          "oneOf", group.choice().stream().map(name -> fields("required", List.of(name))).toList());
    }
    return schema;
  }

  private Map<String, Object> property(Key key) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", key.doc());
    schema.putAll(value(key));
    key.fallback().ifPresent(words -> schema.put("default", plain(words)));
    KeyExample.of(key).ifPresent(words -> schema.put("examples", List.of(plain(words))));
    return schema;
  }

  private Map<String, Object> value(Key key) {
    if (key.presence() == Key.Presence.SECRET) {
      return key.type() instanceof ValueType.MapOf
          ? fields("type", List.of("object", "null"), "additionalProperties", ref("secret"))
          : ref("secret");
    }
    if (key.presence() == Key.Presence.TEXT_OR_SECRET) {
      return fields("anyOf", List.of(value(key.type(), false), ref("secret")));
    }
    return value(key.type(), true);
  }

  private Map<String, Object> value(ValueType type, boolean orNothing) {
    if (type instanceof ValueType.Scalar scalar) {
      return ref(nameOf(scalar));
    }
    if (type instanceof ValueType.PerItem) {
      return ref("text");
    }
    if (type instanceof ValueType.OneOf one) {
      return oneOf(one);
    }
    if (type instanceof ValueType.ListOf list) {
      Map<String, Object> element = value(list.element(), false);
      Map<String, Object> many = new LinkedHashMap<>(fields("type", "array", "items", element));
      if (list.least() > 0) {
        many.put("minItems", list.least());
      }
      return fields("anyOf", List.of(element, many));
    }
    if (type instanceof ValueType.MapOf map) {
      return fields(
          "type",
          orNothing ? List.of("object", "null") : "object",
          "additionalProperties",
          value(map.value(), true));
    }
    if (type instanceof ValueType.AnyOf any) {
      return anyOf(any);
    }
    return type instanceof ValueType.Group group ? reference(group, orNothing) : ref("anything");
  }

  private Map<String, Object> reference(ValueType.Group group, boolean orNothing) {
    String name = shared.get(group);
    if (name == null) {
      return group(group, orNothing);
    }
    String own = orNothing ? name : name + ".each";
    if (!definitions.containsKey(own)) {
      definitions.put(own, Map.of()); // until it is made, for what is inside of itself
      definitions.put(own, group(group, orNothing));
    }
    return ref(own);
  }

  private Map<String, Object> anyOf(ValueType.AnyOf any) {
    boolean areVariants =
        any.types().size() > 1
            && any.types().stream().allMatch(type -> KeyRegistry.variant(type).isPresent());
    if (!areVariants) {
      return fields("anyOf", any.types().stream().map(type -> value(type, false)).toList());
    }
    // By the word behind "type", so that an editor speaks of that variant only.
    List<String> words =
        any.types().stream().map(KeyRegistry::variant).map(Optional::orElseThrow).toList();
    List<Object> rules = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      rules.add(
          fields(
              "if",
              fields(
                  "properties",
                  fields("type", fields("const", words.get(i))),
                  "required",
                  List.of("type")),
              "then",
              value(any.types().get(i), false)));
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", fields("type", fields("enum", words)));
    schema.put("required", List.of("type"));
    schema.put("allOf", rules);
    return schema;
  }

  private static Map<String, Object> oneOf(ValueType.OneOf one) {
    List<Object> words = new ArrayList<>();
    for (String word : one.words()) {
      words.add(plain(word));
      if (!words.contains(word)) {
        words.add(word); // in quotes it is a text
      }
    }
    Map<String, Object> literal = fields("enum", words);
    // a single word is known when the file is written
    return one.words().size() == 1 ? literal : fields("anyOf", List.of(literal, ref("expression")));
  }

  /** Returns what stands in a file as an editor sees it. */
  private static Object plain(String words) {
    Problems problems = new Problems();
    SourceText source = new SourceText("<registry>", words);
    return YamlTreeReader.read(source, problems)
        .map(node -> Objects.requireNonNull(YamlValues.of(node), words))
        .orElseThrow(() -> new IllegalStateException("no value of a job file: " + words));
  }

  // not Map.of: its order changes from process to process, and a schema is kept under version
  // control
  private static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static String nameOf(ValueType.Scalar scalar) {
    return scalar.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> ref(String definition) {
    return fields("$ref", "#/$defs/" + definition);
  }
}
