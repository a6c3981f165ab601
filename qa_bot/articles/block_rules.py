"""What words tell of a heading, a paragraph or a sentence: in words any article may use, never by naming
a page. Of several rules of a table the first that matches decides."""

from __future__ import annotations

from qa_bot.records import Kind

# What the heading of a section says about the list, or the paragraphs, beneath it.
SECTION_RULES: tuple[tuple[Kind, str], ...] = (
    (Kind.TAKEAWAY, r"key (takeaways|points|facts|messages)|at a glance|in brief|takeaways"),
    (Kind.OUTLINE, r"(what )?(this|on this|in this) (page|article|guide).*|(table of )?contents"),
    (Kind.FAQ, r"(frequently asked |common )?questions( and answers)?|faqs?"),
    (Kind.REFERENCE, r"references|sources|bibliography|citations|works cited|endnotes|footnotes"),
    (Kind.TESTIMONIAL, r"testimonials|.*\b(stories|(members|patients|clients|people) .*say.*)"),
    (Kind.NAVIGATION, r"related( .*)?|read next|(further|more|suggested) reading|see also|share"),
    (Kind.PROMOTION, r"get started.*|contact us|book .*|our (services|programs)"),
)

CRISIS_WORDS = (  # looked for once, from the start: a long line is not searched from each letter
    r"\A(?=.*\b(crisis|suicid\w+|self-harm|immediate danger)\b)"
    r"(?=.*\b(988|911|999|112|hotline|helpline|lifeline|emergency (room|department))\b)"
)

# What a paragraph's own words say about it, wherever it stands; the first match decides.
PARAGRAPH_RULES: tuple[tuple[Kind, str], ...] = (
    (Kind.NAVIGATION, r"^[←→«»‹›<>]|^(back to|skip to|read more|share this|jump to)\b"),
    (Kind.NAVIGATION, r"^(you (can|may|might) also (read|like)|read (our|also|next))\b"),
    (Kind.NAVIGATION, r"^[^.]*\bour (guide|article|post) (on|to|about)\b[^.]*\.$"),
    (
        Kind.NAVIGATION,
        r"^(share (on|via)\b.{0,30}$|(tweet|pin|print|e-?mail)( this)?$|\d+[ -]min(ute)?s? read$)",
    ),
    (Kind.NAVIGATION, r"^(©|\(c\)|copyright\b)|\ball rights reserved\b|\bwe use cookies\b"),
    (Kind.NOTE, r"^(editor[’']s note|publisher[’']s note|correction|disclosure)\b"),
    (
        Kind.BYLINE,
        r"^((medically|clinically) )?(reviewed|written|authored|edited|fact[- ]checked) by",
    ),
    (Kind.BYLINE, r"^.{0,80}\b(last )?(updated|reviewed|published)( on)?:?( \w+ \d[\w, ]*)?$"),
    (Kind.CRISIS_NOTICE, CRISIS_WORDS),
    (
        Kind.DISCLAIMER,
        r"\b(not|never) (intended )?(as )?a substitute for\b|\b(educational|informational) purposes"
        r"|\bdoes not constitute\b|\bresults (may )?vary\b|\bidentifying details\b",
    ),
    (Kind.TESTIMONIAL, r"^[“\"](?=.*\b(I|my|we)\b)[^”\"]*[”\"]$"),
    (  # the label of a button
        Kind.NAVIGATION,
        r"^(start (your|an?|anonymous|free)|book (an?|your)|schedule (an?|your)|contact us|sign up"
        r"|get started|learn more|subscribe|join us)\b( [\w’'-]+){0,5}$",
    ),
    (
        Kind.PROMOTION,
        r"\b(contact us|call us|sign up|get started|schedule (a|your)|book (a|your))\b"
        r"|\bstart (your|an|anonymous)\b.*\bintake\b|^start anonymously|\bHIPAA[- ]compliant\b",
    ),
)

# What a single sentence says about itself, whatever its paragraph is.
SENTENCE_RULES: tuple[tuple[Kind, str], ...] = (
    (Kind.LEAD_IN, r":$"),
    (Kind.LEAD_IN, r"\?[”\"’')]*$"),  # a rhetorical question announces an answer too
    (
        Kind.OUTLINE,
        r"^(this|the) (guide|article|page|post|section) (explains|covers|describes|will)",
    ),
    (Kind.NAVIGATION, r"^you (can|may|might) also (read|like)\b|\bread (our|more|next)\b"),
    # Readers are told their own story, as the writer imagines it: that answers nothing they ask.
    (Kind.LEAD_IN, r"^(and )?(then, )?(somehow, )?you (finally|did|named|took|tried|are still)\b"),
)
