package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.CheckTarget.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code check}: whether servers are there, let us in, and have certificates that hold. */
public final class CheckStepType implements StepType<CheckStep> {
  private static final Pattern ENDPOINT =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%a-z]+)\\]|([^\\s:/\\[\\]]+)):([0-9]{1,5})");
  private static final Pattern NAME = Pattern.compile("[^\\s:/]+");
  private static final int MOST_TARGETS = 64;

  @Override
  public String name() {
    return "check";
  }

  @Override
  public String doc() {
    return "Looks whether servers are there and let us in; all are tried, and it fails if one of them fails.";
  }

  @Override
  public List<Key> keys() {
    ValueType texts = new ValueType.ListOf(Scalar.TEXT);
    return List.of(
        Key.optional(
            "connections",
            new ValueType.ListOf(Scalar.CONNECTION),
            "Connections to log in at and leave; nothing is read or sent."),
        Key.optional("tcp", texts, "HOST:PORT that must take a connection.")
            .withExample("\"ftp.bank.example:21\""),
        Key.optional(
                "udp",
                texts,
                "HOST:PORT that is sent a datagram of one zero byte; it fails if its host says that the port is closed, and silence is no failure.")
            .withExample("\"log.acme.example:514\""),
        Key.optional("dns", texts, "Names that must have an address.")
            .withExample("ftp.bank.example"),
        Key.optional(
                "tls", texts, "HOST:PORT that must speak TLS, with a certificate to be trusted.")
            .withExample("\"ftp.bank.example:990\""),
        Key.optional("http", texts, "URLs that must be answered with a status below 400.")
            .withExample("\"https://api.acme.example/health\""),
        Key.optional(
            "ca",
            Scalar.FILE,
            "PEM file of the authorities that may vouch for tls and http targets; else those of Java."),
        Key.optional(
                "warn-cert-days",
                Scalar.INTEGER,
                "A certificate that ends in fewer days is a warning.")
            .withExample("30"),
        Key.optional(
                "fail-cert-days",
                Scalar.INTEGER,
                "A certificate that ends in fewer days is a failure.")
            .withExample("7"),
        Key.optional("within", Scalar.DURATION, "10s", "How long each of them may take."));
  }

  @Override
  public Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put(
        "targets",
        "a list with kind, name, millis of each, and what was seen: addresses, status, days-left of its certificate");
    outputs.put("slowest", "the longest time that one took, in milliseconds");
    outputs.put("warnings", "a list of what is not right and no failure");
    return outputs;
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "targets", ValueKind.LIST, "slowest", ValueKind.NUMBER, "warnings", ValueKind.LIST);
  }

  @Override
  public CheckStep bind(Arguments arguments, Connections connections) {
    List<Part<List<CheckTarget>>> kinds = new ArrayList<>();
    StepParts parts = new StepParts();
    Map<String, Function<String, CheckTarget>> making = new LinkedHashMap<>();
    making.put(
        "connections", name -> new CheckTarget.Login(connections.require(name, Connection.class)));
    making.put("tcp", at -> new CheckTarget.Tcp(endpoint("tcp", at)));
    making.put("udp", at -> new CheckTarget.Udp(endpoint("udp", at)));
    making.put("dns", at -> new CheckTarget.Dns(name(at)));
    making.put("tls", at -> new CheckTarget.Tls(endpoint("tls", at)));
    making.put("http", at -> new CheckTarget.Http(page(at, trust(arguments))));
    making.forEach((key, target) -> kinds.add(parts.each(key, () -> arguments.texts(key), target)));
    Part<OptionalLong> warn = parts.part("warn-cert-days", () -> days(arguments, "warn-cert-days"));
    Part<OptionalLong> fail = parts.part("fail-cert-days", () -> days(arguments, "fail-cert-days"));
    Part<Duration> within = parts.part("within", () -> within(arguments.duration("within")));
    return parts.together(
        () ->
            new CheckStep(
                enough(kinds.stream().flatMap(kind -> kind.get().stream()).toList()),
                trust(arguments),
                new CheckStep.Certificates(warn.get(), fail.get()),
                within.get()));
  }

  private static Duration within(Duration given) {
    if (given.isZero()) {
      throw new JobException.Configuration(
          "\"within\" is 0, in which nobody could answer; write 10s, for example");
    }
    return given;
  }

  private static Trust trust(Arguments arguments) {
    return arguments
        .optionalText("ca")
        .<Trust>map(pem -> new Trust.Authority(Path.of(pem)))
        .orElseGet(Trust.Public::new);
  }

  private static List<CheckTarget> enough(List<CheckTarget> targets) {
    if (targets.isEmpty()) {
      throw new JobException.Configuration(
          "nothing is checked; write \"connections\", \"tcp\", \"udp\", \"dns\", \"tls\" or \"http\"");
    }
    if (targets.size() > MOST_TARGETS) {
      throw new JobException.Configuration(
          "%d targets are more than the 64 that one step tries at a time; make two steps of it"
              .formatted(targets.size()));
    }
    return targets;
  }

  private static OptionalLong days(Arguments arguments, String key) {
    OptionalLong days =
        arguments.optionalInteger(key).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    if (days.isPresent() && days.getAsLong() < 0) {
      throw new JobException.Configuration("\"%s\" is a number of days".formatted(key));
    }
    return days;
  }

  private static Endpoint endpoint(String key, String text) {
    Matcher matcher = ENDPOINT.matcher(text);
    if (matcher.matches()) {
      int port = Integer.parseInt(matcher.group(3));
      if (port >= 1 && port <= 65_535) {
        String literal = matcher.group(1);
        return new Endpoint(literal == null ? matcher.group(2) : literal, port);
      }
    }
    throw new JobException.Configuration(
        "\"%s\" has \"%s\"; write HOST:PORT, such as db.example:5432 or [::1]:80"
            .formatted(key, text));
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new JobException.Configuration(
          "\"dns\" has \"%s\"; write a name, such as www.example".formatted(text));
    }
    return text;
  }

  private static HttpTarget.At page(String url, Trust trust) {
    try {
      return HttpTarget.open(url, trust);
    } catch (JobException.Configuration e) {
      throw new JobException.Configuration(
          "\"http\" has \"%s\": %s".formatted(url, e.getMessage()), e);
    }
  }

  @Override
  public OptionalLong latencyMillis(StepResult result) {
    return OptionalLong.of(Plain.number(result.outputs(), "slowest"));
  }

  @Override
  public StepHandler<CheckStep> handler(StepServices services) {
    return new CheckHandler(services);
  }
}
