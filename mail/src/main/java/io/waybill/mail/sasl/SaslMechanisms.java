package io.waybill.mail.sasl;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailAccount;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Picks the best login that a server offers and an account can make. */
public final class SaslMechanisms {
  private static final List<String> FOR_TOKENS =
      List.of(BearerExchange.OAUTHBEARER, BearerExchange.XOAUTH2);
  private static final List<String> UNDER_TLS =
      List.of(ScramExchange.NAME, PlainExchange.NAME, LoginExchange.NAME, CramMd5Exchange.NAME);
  private static final List<String> IN_CLEAR =
      List.of(ScramExchange.NAME, CramMd5Exchange.NAME, PlainExchange.NAME, LoginExchange.NAME);

  // RFC 4422 3.1, and the underscore that some use; what else a server says is not repeated.
  private static final Pattern NAME = Pattern.compile("[A-Z0-9_-]{1,20}");
  private static final int MAX_NAMES = 32;

  private SaslMechanisms() {}

  /**
   * Returns an exchange with the mechanism that the account names, or else the best of those
   * offered: OAUTHBEARER and XOAUTH2 for tokens; for passwords SCRAM-SHA-256, then under TLS PLAIN,
   * LOGIN, CRAM-MD5, and without it CRAM-MD5 before the two that show the password.
   *
   * <p>The password or the token is asked for here, once; whatever its source throws goes on to the
   * caller.
   *
   * @param account one with a user
   * @param port where the connection goes, which OAUTHBEARER tells the server (RFC 7628 3.1)
   * @param offered the names that the server offers, in whatever case
   * @param isProtected whether the connection is under TLS
   * @param random one that nobody can foresee, such as {@link java.security.SecureRandom}
   * @throws SaslException if there is no mechanism that both speak, the one that the account names
   *     is not offered or does not fit, or user or password cannot be carried by it
   * @throws IllegalArgumentException if the account has no user
   */
  public static SaslExchange choose(
      MailAccount account,
      int port,
      Collection<String> offered,
      boolean isProtected,
      RandomGenerator random)
      throws SaslException {
    if (account.user().isEmpty()) {
      throw new IllegalArgumentException("the account has no user, so nobody logs in");
    }
    String user = Credentials.require("user", account.user().get());
    String mechanism = select(account, names(offered), isProtected);
    if (FOR_TOKENS.contains(mechanism)) {
      AccessToken token = account.tokens().orElseThrow().token();
      return mechanism.equals(BearerExchange.XOAUTH2)
          ? BearerExchange.xoauth2(user, token)
          : BearerExchange.oauthBearer(user, account.host(), port, token);
    }
    Supplier<String> source = account.password().orElseThrow();
    String password = Credentials.require("password", source.get());
    return switch (mechanism) {
      case ScramExchange.NAME -> ScramExchange.of(user, password, random);
      case CramMd5Exchange.NAME -> new CramMd5Exchange(user, password);
      case LoginExchange.NAME -> new LoginExchange(user, password);
      default -> new PlainExchange(user, password);
    };
  }

  private static String select(MailAccount account, Set<String> offered, boolean isProtected)
      throws SaslException {
    boolean hasTokens = account.tokens().isPresent();
    List<String> fitting = hasTokens ? FOR_TOKENS : isProtected ? UNDER_TLS : IN_CLEAR;
    if (account.mechanism().isPresent()) {
      return demanded(account.mechanism().get(), fitting, offered, hasTokens);
    }
    for (String mechanism : fitting) {
      if (offered.contains(mechanism)) {
        return mechanism;
      }
    }
    List<String> others = hasTokens ? UNDER_TLS : FOR_TOKENS;
    boolean otherWay = others.stream().anyMatch(offered::contains);
    throw new SaslException(
        offers(offered)
            + "; with "
            + (hasTokens ? "an access token" : "a password")
            + " we speak "
            + String.join(", ", fitting)
            + (otherWay
                ? "; give the account " + (hasTokens ? "a password" : "a source of OAuth 2 tokens")
                : ""));
  }

  private static String demanded(
      String mechanism, List<String> fitting, Set<String> offered, boolean hasTokens)
      throws SaslException {
    String set = "the account is set to log in with " + mechanism;
    if (!FOR_TOKENS.contains(mechanism) && !UNDER_TLS.contains(mechanism)) {
      throw new SaslException(
          set
              + ", which we do not speak, but "
              + String.join(", ", UNDER_TLS)
              + ", "
              + String.join(", ", FOR_TOKENS)
              + "; "
              + offers(offered));
    }
    if (!fitting.contains(mechanism)) {
      throw new SaslException(
          set
              + (hasTokens
                  ? ", which needs a password, and has a source of tokens"
                  : ", which needs a source of tokens, and has a password")
              + "; set one of "
              + String.join(", ", fitting)
              + ", or none");
    }
    if (!offered.contains(mechanism)) {
      throw new SaslException(set + ", and " + offers(offered) + "; set another, or none");
    }
    return mechanism;
  }

  private static String offers(Set<String> offered) {
    return offered.isEmpty()
        ? "the server offers no login"
        : "the server offers only " + String.join(", ", offered);
  }

  private static Set<String> names(Collection<String> offered) {
    Set<String> names = new LinkedHashSet<>();
    for (String each : offered) {
      String name = each.toUpperCase(Locale.ROOT);
      if (names.size() < MAX_NAMES && NAME.matcher(name).matches()) {
        names.add(name);
      }
    }
    return names;
  }
}
