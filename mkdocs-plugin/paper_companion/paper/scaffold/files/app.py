"""The demo: one function. The same file runs in the reader's browser and under CPython."""


def predict(text: str) -> dict[str, float]:
    """Answers one input: put your model in the place of this body.

    The arguments become the form, and the answer is shown as declared in paper.yml. Files are read by the same
    relative paths as here.
    """
    letters = [letter for letter in text.lower() if letter.isalpha()]
    vowels = sum(letter in "aeiou" for letter in letters) / max(len(letters), 1)
    return {"vowels": vowels, "consonants": 1 - vowels}
