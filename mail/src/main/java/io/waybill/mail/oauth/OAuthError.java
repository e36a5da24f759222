package io.waybill.mail.oauth;

import io.waybill.mail.net.ForeignText;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a provider says about a request that it refuses ({@code error} and {@code
 * error_description}, RFC 6749 5.2), or a mail server about a token ({@code status} and {@code
 * scope}, RFC 7628 3.2.2). All texts are short, in one line and without secrets.
 */
public final class OAuthError {
  private static final int MAX_CODE = 64;
  private static final int MAX_DESCRIPTION = 200;

  private final String code;
  private final @Nullable String description;
  private final @Nullable String scope;

  private OAuthError(String code, @Nullable String description, @Nullable String scope) {
    this.code = code;
    this.description = description;
    this.scope = scope;
  }

  /**
   * Returns what a mail server says about a token; empty if that is no JSON object with a status.
   *
   * @param secrets what was sent and must not be shown, even if the text repeats it
   */
  public static Optional<OAuthError> ofMailServer(byte[] json, Collection<String> secrets) {
    return read(json, secrets, object -> object.stringOrNumber("status"));
  }

  /**
   * Returns what a provider says about a request; empty if that is no JSON object with an error.
   */
  static Optional<OAuthError> ofProvider(byte[] json, Collection<String> secrets) {
    return read(json, secrets, object -> object.string("error"));
  }

  private static Optional<OAuthError> read(
      byte[] json, Collection<String> secrets, Function<JsonObject, Optional<String>> code) {
    JsonObject object;
    try {
      object = JsonObject.parse(json);
    } catch (MalformedJson e) {
      return Optional.empty();
    }
    return code.apply(object)
        .map(text -> ForeignText.show(text, MAX_CODE, secrets))
        .filter(text -> !text.isEmpty())
        .map(
            text ->
                new OAuthError(
                    text,
                    shown(object, "error_description", secrets),
                    shown(object, "scope", secrets)));
  }

  private static @Nullable String shown(
      JsonObject object, String name, Collection<String> secrets) {
    return object
        .string(name)
        .map(text -> ForeignText.show(text, MAX_DESCRIPTION, secrets))
        .filter(text -> !text.isEmpty())
        .orElse(null);
  }

  /** Returns the code, such as {@code invalid_grant}, or the status, such as {@code 401}. */
  public String code() {
    return code;
  }

  /** Returns the provider's words. */
  public Optional<String> description() {
    return Optional.ofNullable(description);
  }

  /** Returns the scope that a token needs there. */
  public Optional<String> scope() {
    return Optional.ofNullable(scope);
  }

  /** Returns all of it in one line, as {@code invalid_token (expired), scope mail}. */
  @Override
  public String toString() {
    return code
        + (description == null ? "" : " " + inBrackets(description))
        + (scope == null ? "" : ", scope " + scope);
  }

  // what stands for a text that is not shown has some already
  private static String inBrackets(String text) {
    return text.startsWith("(") && text.endsWith(")") ? text : "(" + text + ")";
  }
}
