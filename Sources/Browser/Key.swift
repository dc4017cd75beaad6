/// A key that types no letter, by the character that stands for it (W3C WebDriver, “Keyboard actions”).
public enum Key: String, Sendable {
    /// Backspace.
    case backspace = "\u{E003}"
    /// Tab, which leads to the next element that can be reached with the keyboard.
    case tab = "\u{E004}"
    /// Enter.
    case enter = "\u{E007}"
    /// Escape.
    case escape = "\u{E00C}"
    /// The space bar, which presses buttons.
    case space = " "
    /// Arrow up.
    case up = "\u{E013}"
    /// Arrow down.
    case down = "\u{E015}"
}
