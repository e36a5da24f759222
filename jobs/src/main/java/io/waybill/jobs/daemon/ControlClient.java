package io.waybill.jobs.daemon;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.QueuedMail;
import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a live daemon over its control channel. */
public final class ControlClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  // the whole store is read and written
  private static final Duration STORE_TIMEOUT = Duration.ofHours(4);

  // a program that is told may take ten minutes
  private static final Duration ALERT_TIMEOUT = Duration.ofMinutes(11);

  private final DaemonFile daemon;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  public ControlClient(DaemonFile daemon) {
    this.daemon = daemon;
  }

  /**
   * Returns whether the daemon answers; a file that a killed one left behind may name a process of
   * another kind.
   */
  public boolean isAnswered() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + daemon.authority() + "/livez"))
            .timeout(TIMEOUT)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // nobody is there: the store says who owns it, if anybody does
    }
  }

  /** Starts a job; returns the run's form. */
  public Map<String, Object> trigger(String job, Map<String, String> parameters)
      throws InterruptedException {
    return call("POST", "/jobs/" + encode(job) + "/runs", Json.write(Map.of("params", parameters)));
  }

  /** Returns how the daemon stands. */
  public Map<String, Object> status() throws InterruptedException {
    return call("GET", "/status", "");
  }

  /** Returns what the daemon was told by its files. */
  public Map<String, Object> definitions() throws InterruptedException {
    return call("GET", "/definitions", "");
  }

  /** Returns all jobs as they stand. */
  public List<Map<String, Object>> jobs() throws InterruptedException {
    return Plain.maps(call("GET", "/jobs", ""), "jobs");
  }

  /** Pauses a job; returns how it stands then. */
  public Map<String, Object> pause(String job) throws InterruptedException {
    return call("POST", "/jobs/" + encode(job) + "/pause", "{}");
  }

  /** Resumes a job; returns how it stands then. */
  public Map<String, Object> resume(String job) throws InterruptedException {
    return call("POST", "/jobs/" + encode(job) + "/resume", "{}");
  }

  /** Returns the next firings after a moment, of one job or of all. */
  public Map<String, Object> next(Optional<String> job, Instant after, int count)
      throws InterruptedException {
    String of = job.map(name -> "&job=" + encode(name)).orElse("");
    return call("GET", "/next?count=" + count + "&after=" + encode(after.toString()) + of, "");
  }

  /** Returns a run with its steps. */
  public Map<String, Object> run(String id) throws InterruptedException {
    return call("GET", "/runs/" + encode(id), "");
  }

  /** Returns the newest runs. */
  public List<Map<String, Object>> runs(int limit) throws InterruptedException {
    return Plain.maps(call("GET", "/runs?limit=" + limit, ""), "runs");
  }

  /** Ends a live run. */
  public Map<String, Object> cancel(String id) throws InterruptedException {
    return call("POST", "/runs/" + encode(id) + "/cancel", "{}");
  }

  /** Has a run tried again that has ended without success; returns it. */
  public Map<String, Object> retry(String id) throws InterruptedException {
    return call("POST", "/runs/" + encode(id) + "/retry", "{}");
  }

  /** Returns the oldest entries of the outbox in these states, separated by commas. */
  public List<Map<String, Object>> outbox(String states, int limit) throws InterruptedException {
    return Plain.maps(
        call("GET", "/outbox?limit=" + limit + "&state=" + encode(states), ""), "entries");
  }

  /** Returns one entry of the outbox. */
  public Map<String, Object> outboxEntry(String id) throws InterruptedException {
    return call("GET", "/outbox/" + encode(id), "");
  }

  /**
   * Carries out what an operator decided about an entry: {@code retry} or {@code drop}.
   *
   * @return the entry after it
   */
  public Map<String, Object> decide(String id, String decision) throws InterruptedException {
    return call("POST", "/outbox/" + encode(id) + "/" + decision, "{}");
  }

  /** Writes down what became of an unknown entry: {@code sent}, {@code resend} or {@code drop}. */
  public Map<String, Object> resolve(String id, String as) throws InterruptedException {
    return call("POST", "/outbox/" + encode(id) + "/resolve", Json.write(Map.of("as", as)));
  }

  /** Returns what triggers have found, in these states, separated by commas; the newest first. */
  public List<Map<String, Object>> ledger(Optional<String> job, String states, int limit)
      throws InterruptedException {
    String of = job.map(name -> "&job=" + encode(name)).orElse("");
    return Plain.maps(
        call("GET", "/ledger?limit=" + limit + "&state=" + encode(states) + of, ""), "items");
  }

  /**
   * Carries out what an operator decided about something that a trigger has found: {@code forget}
   * or {@code requeue}.
   *
   * @return the item as it was before
   */
  public Map<String, Object> decideItem(String job, String id, String decision)
      throws InterruptedException {
    return call("POST", "/ledger/" + encode(job) + "/" + encode(id) + "/" + decision, "{}");
  }

  /** Puts a message into the outbox; {@code mail} is opened once. */
  public Map<String, Object> enqueue(QueuedMail mail) throws InterruptedException {
    return call(
        "POST",
        "/outbox",
        HttpRequest.BodyPublishers.ofInputStream(mail::stream),
        "application/vnd.waybill.queued-mail");
  }

  /** Returns a piece of a run's log. */
  public Map<String, Object> log(String id, long from) throws InterruptedException {
    return call("GET", "/runs/" + encode(id) + "/log?from=" + from, "");
  }

  /** Returns the newest rows of the audit, the newest first. */
  public List<Map<String, Object>> audit(Instant since, int limit) throws InterruptedException {
    return Plain.maps(
        call("GET", "/audit?limit=" + limit + "&since=" + encode(since.toString()), ""), "entries");
  }

  /** Returns what a look at every row of the audit has found. */
  public Map<String, Object> auditVerdict() throws InterruptedException {
    return call("GET", "/audit/verdict", "");
  }

  /** Returns the newest alerts, of one job or of all, the newest first. */
  public List<Map<String, Object>> alerts(Optional<String> job, int limit)
      throws InterruptedException {
    String of = job.map(name -> "&job=" + encode(name)).orElse("");
    return Plain.maps(call("GET", "/alerts?limit=" + limit + of, ""), "alerts");
  }

  /** Has an alert channel tried; returns how that went. */
  public Map<String, Object> testAlert(String channel) throws InterruptedException {
    return call(
        "POST",
        "/alerts/test/" + encode(channel),
        HttpRequest.BodyPublishers.ofString("{}"),
        "application/json",
        ALERT_TIMEOUT);
  }

  /** Has the store copied; {@code target} is the body of the call. */
  public Map<String, Object> backup(Map<String, Object> target) throws InterruptedException {
    return call(
        "POST",
        "/store/backup",
        HttpRequest.BodyPublishers.ofString(Json.write(target)),
        "application/json",
        STORE_TIMEOUT);
  }

  /** Has the store looked at; returns the report's form. */
  public Map<String, Object> checkStore() throws InterruptedException {
    return call(
        "POST",
        "/store/check",
        HttpRequest.BodyPublishers.ofString("{}"),
        "application/json",
        STORE_TIMEOUT);
  }

  private Map<String, Object> call(String method, String path, String body)
      throws InterruptedException {
    return call(
        method,
        path,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body),
        "application/json");
  }

  private Map<String, Object> call(
      String method, String path, HttpRequest.BodyPublisher body, String type)
      throws InterruptedException {
    return call(method, path, body, type, TIMEOUT);
  }

  private Map<String, Object> call(
      String method, String path, HttpRequest.BodyPublisher body, String type, Duration timeout)
      throws InterruptedException {
    URI uri = URI.create("http://" + daemon.authority() + "/api/v1" + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Authorization", "Bearer " + daemon.token())
            .header("Content-Type", type)
            .method(method, body)
            .build();
    HttpResponse<String> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new JobException.NotYet(
          "the daemon (process %d) does not answer on %s:%d: %s"
              .formatted(daemon.pid(), daemon.host(), daemon.port(), e));
    }
    Map<String, Object> form = Json.readObject(response.body());
    if (response.statusCode() / 100 == 2) {
      return form;
    }
    String detail = String.valueOf(form.getOrDefault("detail", "status " + response.statusCode()));
    throw switch (response.statusCode()) {
      case 404 -> new JobException.NotFound(detail);
      case 500 -> new SchedulerException.StoreDamaged(detail, null);
      case 503 -> unavailable(detail, String.valueOf(form.get("cause")));
      default -> new JobException.Configuration(detail);
    };
  }

  // what keeps the daemon from its store keeps the caller from it, too
  private static RuntimeException unavailable(String detail, String cause) {
    return switch (cause) {
      case "connection" -> new SchedulerException.StoreUnreachable(detail, null);
      case "authentication" -> new SchedulerException.StoreLoginRefused(detail, null);
      default -> new JobException.NotYet(detail);
    };
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
