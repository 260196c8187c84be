"""The pages that readers see."""

from flask import Blueprint

from donations.web.readers import article, language, support, thanks

blueprint = Blueprint("readers", __name__)
blueprint.add_url_rule("/", "front", article.front)
blueprint.add_url_rule("/articles/<slug>-a<int:number>", "article", article.show)
blueprint.add_url_rule("/support", "support", support.show, methods=["GET"])
blueprint.add_url_rule("/support", "give", support.send, methods=["POST"])
blueprint.add_url_rule("/support/thanks/<reference>", "thanks", thanks.show)
blueprint.add_url_rule("/language/<lang>", "language", language.choose)
