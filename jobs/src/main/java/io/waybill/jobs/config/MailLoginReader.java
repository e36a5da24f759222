package io.waybill.jobs.config;

import io.waybill.jobs.MailLogin;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads who logs in to a mail server, by what mechanism, and what proves it. */
final class MailLoginReader {
  private static final List<String> SAID = List.of("user", "password", "oauth");

  private final Section section;
  private final Problems problems;
  private final ServerReader server;

  MailLoginReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
    this.server = new ServerReader(section, problems);
  }

  /** Returns whether nothing is said of a login. */
  boolean isAnonymous() {
    return isNobodyNamed() && !section.has("auth");
  }

  private boolean isNobodyNamed() {
    return SAID.stream().noneMatch(section::has);
  }

  /** Reads it; empty if something is wrong. */
  Optional<MailLogin> read() {
    Optional<String> mechanism = mechanism();
    if (isNobodyNamed() && section.isOptional("user")) {
      mechanism.ifPresent(
          right ->
              problems.error(
                  section.origin("auth"),
                  "\"auth\" is how a user logs in, and there is no \"user\" in "
                      + section.place().description()));
      return Optional.empty();
    }
    Optional<MailLogin> login = section.has("oauth") ? byTokens() : byPassword();
    return login
        .filter(right -> section.has("auth") == mechanism.isPresent())
        .map(right -> new MailLogin(right.user(), right.proof(), mechanism));
  }

  /** Returns the word for what a login shows the server. */
  static String secretOf(MailLogin login) {
    return login.proof() instanceof MailLogin.OAuth ? "access tokens" : "password";
  }

  private Optional<MailLogin> byPassword() {
    return server.login("password").map(MailLogin::of);
  }

  private Optional<MailLogin> byTokens() {
    if (section.has("password")) {
      problems.error(
          section.origin("password"),
          "\"password\" and \"oauth\" are two ways to log in; write one of them");
      return Optional.empty();
    }
    if (!section.has("user") && section.isOptional("user")) {
      server.missing("user", " that has an \"oauth\"");
    }
    Optional<String> user = section.text("user");
    Optional<MailLogin.OAuth> oauth =
        section
            .section("oauth", LaterKeys.none())
            .flatMap(group -> new OAuthReader(group, problems).read());
    return user.flatMap(who -> oauth.map(tokens -> new MailLogin(who, tokens, Optional.empty())));
  }

  private Optional<String> mechanism() {
    Optional<String> word = section.has("auth") ? section.text("auth") : Optional.empty();
    boolean isForTokens = word.filter(MailKeys.FOR_TOKENS::contains).isPresent();
    if (word.isPresent() && isForTokens != section.has("oauth")) {
      problems.error(
          section.valueOrigin("auth"),
          isForTokens
              ? "\"auth: " + word.get() + "\" takes access tokens; write \"oauth\", too"
              : "with \"oauth\" the \"auth\" is one of "
                  + String.join(", ", MailKeys.FOR_TOKENS)
                  + ", and not "
                  + word.get());
      return Optional.empty();
    }
    return word.map(mechanism -> mechanism.toUpperCase(Locale.ROOT));
  }
}
