package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.http.CssPath;
import io.waybill.jobs.json.JsonPointer;
import io.waybill.jobs.step.HttpRequestStep.Answer;
import io.waybill.jobs.step.HttpRequestStep.Body;
import io.waybill.jobs.step.HttpRequestStep.Extract;
import io.waybill.jobs.step.HttpRequestStep.Patience;
import io.waybill.jobs.step.HttpRequestStep.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code http.request}: one request to a web server, and what is read from its answer. */
public final class HttpRequestStepType implements StepType<HttpRequestStep> {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  // RFC 9110 9.2.2
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");
  private static final List<String> BODIES = List.of("body", "body-file", "form");
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade",
          "accept-encoding",
          "proxy-authorization");
  private static final long MOST_IN_MEMORY = 16 << 20;
  private static final long USUAL_IN_MEMORY = 1 << 20;
  private static final long USUAL_IN_A_FILE = 1 << 30;

  @Override
  public String name() {
    return "http.request";
  }

  @Override
  public String doc() {
    return "Sends one request to a web server; what must not be sent twice is not.";
  }

  @Override
  public List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    keys.add(
        Key.optional(
                "url",
                Scalar.LOCATION,
                "Where it goes: https://HOST/PATH?QUERY, or CONNECTION:/PATH?QUERY of type https or http, with its login, trust and proxy.")
            .withExample("\"https://api.acme.example/orders\""));
    keys.add(Key.secret("url-secret", "The same as a secret, where the address itself is one."));
    keys.add(Key.optional("method", new ValueType.OneOf(METHODS), "GET", "What is wanted."));
    keys.add(
        Key.optional("headers", new ValueType.MapOf(Scalar.TEXT), "Header fields by name.")
            .withExample("{ Accept: application/json }"));
    keys.add(
        Key.secrets("secret-headers", "Header fields that are secrets, such as an API key.")
            .withExample("{ X-Api-Key: \"${secrets.api-key}\" }"));
    keys.add(
        Key.optional("body", Scalar.TEXT, "What is sent, text/plain unless a header says.")
            .withExample("'{\"run\":\"${run.id}\"}'"));
    keys.add(Key.optional("body-file", Scalar.FILE, "The file that is sent, instead."));
    keys.add(
        Key.optional(
                "form",
                new ValueType.MapOf(Scalar.TEXT),
                "Fields of a form that are sent, instead.")
            .withExample("{ room: \"204\" }"));
    keys.add(Key.optional("user", Scalar.TEXT, "Who logs in, by Basic.").withExample("acme"));
    keys.add(Key.secret("password", "What proves it; needed where there is a user."));
    keys.add(Key.secret("token", "A bearer token, instead of user and password."));
    keys.add(
        Key.optional(
                "pin",
                new ValueType.ListOf(Scalar.TEXT),
                "The server's key, sha-256:..., or several; else its name is checked.")
            .withExample("\"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\""));
    keys.add(
        Key.optional(
            "ca",
            Scalar.FILE,
            "PEM file of the authorities that may vouch for its name; else those of Java."));
    keys.add(
        Key.optional(
                "proxy",
                Scalar.TEXT,
                "What it goes through, socks5://HOST:PORT or http://HOST:PORT; else what holds for all.")
            .withExample("socks5://proxy.acme.example:1080"));
    keys.add(
        Key.optional("proxy-user", Scalar.TEXT, "Who logs in at the proxy.").withExample("acme"));
    keys.add(Key.secret("proxy-password", "What proves it; needed where there is a proxy-user."));
    keys.add(
        Key.optional(
            "redirects",
            Scalar.INTEGER,
            "5",
            "How many are followed; to another server without login, headers and content."));
    keys.add(
        Key.optional(
            "retry",
            new ValueType.OneOf(List.of("safe", "unsafe")),
            "Whether it may be sent twice; if not given, all methods but POST and PATCH may, and these with an Idempotency-Key."));
    keys.add(
        Key.optional(
            "expect",
            new ValueType.Group(
                List.of(
                    Key.optional(
                            "status",
                            new ValueType.ListOf(Scalar.INTEGER),
                            "The statuses of success; 200 to 299 if not given.")
                        .withExample("[200, 202]"))),
            "What the answer is expected to be."));
    keys.add(
        Key.optional(
            "extract",
            new ValueType.MapOf(
                new ValueType.Group(
                    List.of(
                        Key.optional(
                                "json-pointer",
                                Scalar.TEXT,
                                "Where the value is in JSON: /orders/0/number.")
                            .withExample("/orders/0/number"),
                        Key.optional(
                                "css", Scalar.TEXT, "Which element of a page, the first of them.")
                            .withExample("\"table.rates td\""),
                        Key.optional(
                                "attribute",
                                Scalar.TEXT,
                                "What is wanted of that element; its text if not given.")
                            .withExample("href")))),
            "Outputs by name, read from the answer."));
    keys.add(
        Key.optional(
            "max-size",
            Scalar.SIZE,
            "A longer answer is a failure; 1MiB if not given, and 1GiB with save-to."));
    keys.add(Key.optional("save-to", Scalar.FILE, "Where the answer is put, whole or not at all."));
    keys.add(
        Key.optional(
            "connect-timeout", Scalar.DURATION, "10s", "How long it may take to connect."));
    keys.add(
        Key.optional(
            "reply-timeout",
            Scalar.DURATION,
            "1m",
            "How long the answer may take to begin, and each piece of it to come."));
    return List.copyOf(keys);
  }

  @Override
  public Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("status", "the answer's status");
    outputs.put("url", "where it came from, after redirects");
    outputs.put("body", "its beginning as text, up to 64 KiB; not with save-to");
    outputs.put("size", "its bytes");
    outputs.put("file", "where it is, with save-to");
    outputs.put("duration", "how long it took, in milliseconds");
    return outputs;
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "status",
        ValueKind.NUMBER,
        "url",
        ValueKind.TEXT,
        "body",
        ValueKind.TEXT,
        "size",
        ValueKind.NUMBER,
        "file",
        ValueKind.TEXT,
        "duration",
        ValueKind.NUMBER);
  }

  @Override
  public Map<String, String> outputs(Map<String, Object> arguments) {
    Map<String, String> outputs = new LinkedHashMap<>(outputs());
    outputs.remove(arguments.containsKey("save-to") ? "body" : "file");
    return Extracted.outputs(outputs, arguments);
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    Map<String, String> contradictions = new LinkedHashMap<>();
    List<String> bodies = BODIES.stream().filter(given::contains).toList();
    if (bodies.size() > 1) {
      contradictions.put(
          bodies.get(1),
          "\"%s\" stands beside \"%s\", and one thing is sent; leave one out"
              .formatted(bodies.get(1), bodies.get(0)));
    }
    if (given.contains("url") && given.contains("url-secret")) {
      contradictions.put(
          "url-secret",
          "\"url-secret\" stands beside \"url\"; leave out the one that is not meant");
    }
    if (given.contains("save-to") && given.contains("extract")) {
      contradictions.put(
          "extract",
          "\"extract\" reads from an answer that is kept in memory, and \"save-to\" puts it into a file; leave one out");
    }
    if (given.contains("pin") && given.contains("ca")) {
      contradictions.put("ca", "\"ca\" stands beside \"pin\", and a pin needs no authority");
    }
    if (given.contains("token") && (given.contains("user") || given.contains("password"))) {
      contradictions.put("token", "\"token\" is instead of \"user\" and \"password\"");
    }
    if (given.contains("user") != given.contains("password")) {
      contradictions.put(
          given.contains("user") ? "user" : "password",
          "\"user\" and \"password\" belong together: write both");
    }
    if (given.contains("proxy-user") != given.contains("proxy-password")
        || (given.contains("proxy-user") && !given.contains("proxy"))) {
      contradictions.put(
          given.contains("proxy-user") ? "proxy-user" : "proxy-password",
          "\"proxy-user\" and \"proxy-password\" belong together, and to \"proxy\"");
    }
    return contradictions;
  }

  @Override
  public boolean isLocal(StepResult result) {
    return result.outputs().containsKey("file");
  }

  @Override
  public HttpRequestStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<HttpTarget> target = parts.part(() -> HttpTarget.of(arguments, connections));
    Part<Request> request = parts.part(() -> request(arguments));
    Part<Answer> answer = parts.part(() -> answer(arguments));
    return parts.together(
        () ->
            new HttpRequestStep(
                target.get(),
                request.get(),
                answer.get(),
                new Patience(
                    arguments.duration("connect-timeout"), arguments.duration("reply-timeout"))));
  }

  private static Request request(Arguments arguments) {
    StepParts parts = new StepParts();
    Part<Map<String, String>> headers =
        parts.each(
            "headers",
            () -> arguments.map("headers"),
            HttpRequestStepType::header,
            name -> requireHeader(name, "headers"));
    Part<Map<String, Secret>> secrets =
        parts.each(
            "secret-headers",
            () -> arguments.map("secret-headers"),
            (name, value) -> {
              requireHeader(name, "secret-headers");
              return (Secret) value;
            });
    Part<Body> body = parts.part(() -> body(arguments, arguments.text("method")));
    return parts.together(
        () ->
            new Request(
                arguments.text("method"),
                headers.get(),
                secrets.get(),
                body.get(),
                isRepeatable(arguments, headers.get())));
  }

  private static String header(String name, Object value) {
    requireHeader(name, "headers");
    if (!isHeaderValue((String) value)) {
      throw new JobException.Configuration(
          "\"headers\": the value of \"%s\" holds characters that no header can".formatted(name));
    }
    return (String) value;
  }

  private static boolean isRepeatable(Arguments arguments, Map<String, String> headers) {
    boolean hasKey =
        headers.keySet().stream().anyMatch(name -> name.equalsIgnoreCase("Idempotency-Key"));
    return arguments
        .optionalText("retry")
        .map("safe"::equals)
        .orElse(IDEMPOTENT.contains(arguments.text("method")) || hasKey);
  }

  private static Body body(Arguments arguments, String method) {
    Body body = body(arguments);
    if (!(body instanceof Body.Nothing) && (method.equals("GET") || method.equals("HEAD"))) {
      throw new JobException.Configuration(
          new ArgumentMistake(
              BODIES.stream().filter(arguments::has).limit(1).toList(),
              "a %s has no content; write \"method: POST\" or another one".formatted(method)));
    }
    return body;
  }

  private static void requireHeader(String name, String key) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HEADER_NAME.matcher(name).matches()) {
      throw new JobException.Configuration(
          "\"%s\" has \"%s\", which is no name of a header".formatted(key, name));
    }
    if (OWN_HEADERS.contains(lower)) {
      throw new JobException.Configuration(
          "\"%s\" sets %s, which is set by itself; leave it out".formatted(key, name));
    }
    if (lower.equals("authorization") && key.equals("headers")) {
      throw new JobException.Configuration(
          "\"headers\" sets Authorization, which is a secret; write \"user\" and \"password\", \"token\", or \"secret-headers\"");
    }
  }

  static boolean isHeaderValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7F));
  }

  private static Body body(Arguments arguments) {
    if (arguments.has("form")) {
      String form =
          arguments.map("form").entrySet().stream()
              .map(field -> encoded(field.getKey()) + "=" + encoded((String) field.getValue()))
              .collect(Collectors.joining("&"));
      return new Body.Text(form, "application/x-www-form-urlencoded");
    }
    return arguments
        .optionalText("body-file")
        .<Body>map(file -> new Body.OfFile(Path.of(file)))
        .or(
            () ->
                arguments
                    .optionalText("body")
                    .map(text -> new Body.Text(text, "text/plain; charset=utf-8")))
        .orElseGet(Body.Nothing::new);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Answer answer(Arguments arguments) {
    StepParts parts = new StepParts();
    Part<Long> most = parts.part("max-size", () -> mostBytes(arguments));
    Part<Map<String, Extract>> extract =
        parts.each("extract", () -> arguments.map("extract"), this::extract);
    Part<Set<Integer>> expected =
        parts.part(
            "expect",
            () -> arguments.group("expect").map(HttpRequestStepType::statuses).orElse(Set.of()));
    return parts.together(
        () ->
            new Answer(
                expected.get(),
                most.get(),
                arguments.optionalText("save-to").map(Path::of),
                extract.get()));
  }

  private static long mostBytes(Arguments arguments) {
    boolean isKept = !arguments.has("save-to");
    long most =
        arguments.optionalInteger("max-size").orElse(isKept ? USUAL_IN_MEMORY : USUAL_IN_A_FILE);
    if (isKept && most > MOST_IN_MEMORY) {
      throw new JobException.Configuration(
          "\"max-size\" is more than 16MiB, and the answer is kept in memory; write \"save-to\" for a longer one");
    }
    return most;
  }

  private Extract extract(String name, Object value) {
    Extracted.requireFree(name, outputs());
    Arguments group = (Arguments) value;
    Optional<String> pointer = group.optionalText("json-pointer");
    Optional<String> css = group.optionalText("css");
    if (pointer.isPresent() == css.isPresent() || (pointer.isPresent() && group.has("attribute"))) {
      throw new JobException.Configuration(
          "\"extract\": \"%s\" needs \"json-pointer\", or \"css\" and perhaps \"attribute\""
              .formatted(name));
    }
    StepParts parts = new StepParts();
    Part<Extract> extract =
        parts.part(
            pointer.isPresent() ? "json-pointer" : "css",
            () ->
                pointer
                    .<Extract>map(text -> new Extract.OfJson(JsonPointer.parse(text)))
                    .orElseGet(
                        () ->
                            new Extract.OfPage(
                                CssPath.parse(
                                    css.orElseThrow(), group.optionalText("attribute")))));
    return parts.together(extract::get);
  }

  private static Set<Integer> statuses(Arguments expect) {
    StepParts parts = new StepParts();
    Part<List<Integer>> statuses =
        parts.each("status", () -> expect.integers("status"), HttpRequestStepType::status);
    return parts.together(() -> new HashSet<>(statuses.get()));
  }

  private static int status(long status) {
    if (status < 200 || status > 599) {
      throw new JobException.Configuration(
          "\"expect.status\" has %s, and statuses are from 200 to 599".formatted(status));
    }
    return (int) status;
  }

  @Override
  public long files(StepResult result) {
    return result.outputs().containsKey("file") ? 1 : 0;
  }

  @Override
  public StepHandler<HttpRequestStep> handler(StepServices services) {
    return new HttpRequestHandler(services);
  }
}
