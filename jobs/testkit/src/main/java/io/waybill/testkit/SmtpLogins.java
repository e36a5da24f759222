package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in to a {@link ScriptedSmtpServer}, and how (RFC 4954).
 *
 * <pre>{@code
 * server.logins().user("ops", "secret").mechanisms("SCRAM-SHA-256").onlyUnderTls();
 * server.logins().tokens("ya29.fresh");        // whatever token was good before is not any more
 * }</pre>
 *
 * <p>With users it speaks PLAIN, LOGIN, CRAM-MD5 and SCRAM-SHA-256, with tokens XOAUTH2 and
 * OAUTHBEARER, for any name. Without either there is no AUTH. May be changed at any time.
 */
public final class SmtpLogins {
  private static final List<String> BY_PASSWORD =
      List.of("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256");
  private static final List<String> BY_TOKEN = List.of("XOAUTH2", "OAUTHBEARER");

  private final Map<String, String> passwords = new ConcurrentHashMap<>();
  private final AtomicInteger nonces = new AtomicInteger();
  private volatile Set<String> tokens = Set.of();
  private volatile @Nullable List<String> mechanisms;
  private volatile ScramConduct scram = ScramConduct.HONEST;
  private volatile boolean isOnlyUnderTls;

  SmtpLogins() {}

  /** Lets a user in; replaces the password, if there was one. */
  public SmtpLogins user(String name, String password) {
    passwords.put(requireNonNull(name, "name"), requireNonNull(password, "password"));
    return this;
  }

  /** Lets everybody in who has one of these tokens, and nobody with another. */
  public SmtpLogins tokens(String... valid) {
    tokens = Set.of(valid);
    return this;
  }

  /** Offers these mechanisms, in this order, instead of all. */
  public SmtpLogins mechanisms(String... names) {
    mechanisms = Stream.of(names).map(name -> name.toUpperCase(Locale.ROOT)).toList();
    return this;
  }

  /** Offers and takes no AUTH without TLS (538). */
  public SmtpLogins onlyUnderTls() {
    isOnlyUnderTls = true;
    return this;
  }

  /** Plays its part of SCRAM so; {@link ScramConduct#HONEST} unless set. */
  public SmtpLogins scram(ScramConduct conduct) {
    scram = requireNonNull(conduct, "conduct");
    return this;
  }

  List<String> offered() {
    List<String> named = mechanisms;
    if (named != null) {
      return named;
    }
    List<String> all = new ArrayList<>();
    if (!passwords.isEmpty()) {
      all.addAll(BY_PASSWORD);
    }
    if (!tokens.isEmpty()) {
      all.addAll(BY_TOKEN);
    }
    return all;
  }

  boolean areOffered(boolean isSecured) {
    return !offered().isEmpty() && mayTry(isSecured);
  }

  boolean mayTry(boolean isSecured) {
    return isSecured || !isOnlyUnderTls;
  }

  Optional<String> password(String user) {
    return Optional.ofNullable(passwords.get(user));
  }

  boolean isValid(String token) {
    return tokens.contains(token);
  }

  ScramConduct scram() {
    return scram;
  }

  /** Returns what was not used before; nobody needs it to be a secret here. */
  String nonce() {
    return "scripted" + nonces.incrementAndGet();
  }

  /** Asks the client something within a login. */
  @FunctionalInterface
  interface Dialogue {
    /**
     * Sends a challenge and returns the line that answers it, both without their Base64.
     *
     * @throws Refused if the client breaks off, or the line is not Base64
     */
    String ask(String challenge) throws IOException, Refused;
  }

  /** How a login ends: who is in, or who is not, and the reply that says so. */
  record Verdict(String user, String reply) {}

  /** A login cannot go on. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String reply) {
      super(reply);
    }
  }
}
